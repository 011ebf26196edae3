plugins {
    alias(libs.plugins.android.application)
}

// Where bundles are, each in a folder of its name.
val bundles = file(providers.gradleProperty("bundles").getOrElse("../bundles"))
val bundleAssets = layout.buildDirectory.dir("bundle-assets")

android {
    namespace = "org.kerasdrnet.demo"
    compileSdk = 35

    defaultConfig {
        minSdk = 24
        targetSdk = 35
        versionCode = 1
        versionName = "0.1.0"
        ndk {
            abiFilters += listOf("arm64-v8a", "x86_64")
        }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_1_8
        targetCompatibility = JavaVersion.VERSION_1_8
    }

    sourceSets.named("main") {
        assets.srcDir(bundleAssets)
    }

    androidResources {
        noCompress += "tflite" // So that Android can map a model into memory.
    }
}

dependencies {
    implementation(libs.tensorflow.lite)
}

val copyBundles by tasks.registering(Sync::class) {
    description = "Copies what the app reads of each bundle among the assets."
    from(bundles)
    into(bundleAssets.map { it.dir("bundles") })
    include("*/*.json", "*/*.tflite", "*/examples/**")
    doFirst {
        val names = bundles.list().orEmpty().filter { bundles.resolve("$it/signatures.json").isFile }
        if (names.isEmpty()) {
            throw GradleException(
                "$bundles has no bundle. Export one into it, python -m export.main " +
                    "--run_dir=... --output_dir=$bundles/NAME, or name another folder of " +
                    "bundles: -Pbundles=...",
            )
        }
    }
}

tasks.named("preBuild") {
    dependsOn(copyBundles)
}
